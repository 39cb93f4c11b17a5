"""dlib as face_recognition calls it: HOG detector on the doubled image, five landmarks, ResNet descriptor, all at their defaults.

Speaks the JSON lines of serve-faces.mjs. Several photos at a time go to as many processes as BENCH_THREADS allows, which is what
face_recognition's own command does.
"""
import io
import json
import multiprocessing
import os
import resource
import sys
import time

import face_recognition
import numpy
from PIL import Image

photos = []


def embed_faces(index):
    start = time.perf_counter()
    image = numpy.array(Image.open(io.BytesIO(photos[index % len(photos)])).convert("RGB"))
    locations = face_recognition.face_locations(image, number_of_times_to_upsample=1, model="hog")
    found = len(face_recognition.face_encodings(image, locations, num_jitters=1))
    return found, (time.perf_counter() - start) * 1000


def run(pool, start, count, concurrency):
    began = time.perf_counter()
    indices = range(start, start + count)
    done = pool.map(embed_faces, indices, 1) if pool and concurrency > 1 else [embed_faces(i) for i in indices]
    total = (time.perf_counter() - began) * 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = [faces for faces, _ in done]
    return {
        "totalMs": total,
        "ms": [ms for _, ms in done],
        "faces": sum(found),
        "withFace": sum(faces > 0 for faces in found),
        "rss": peak * 1024,
        "peakRss": peak * 1024,
    }


def say(answer):
    print(json.dumps({"peer": answer}), flush=True)


def main():
    global photos
    threads = int(os.environ.get("BENCH_THREADS", "1"))
    pool = None
    say({"ready": True})
    for line in sys.stdin:
        message = json.loads(line)
        if "load" in message:
            photos = []
            for path in message["load"]:
                with open(path, "rb") as file:
                    photos.append(file.read())
            # forked after the photos are there, so that its processes have them too
            if pool:
                pool.terminate()
            pool = multiprocessing.get_context("fork").Pool(threads) if threads > 1 else None
            say({"loaded": len(photos)})
        else:
            wanted = message["run"]
            say(run(pool, wanted["from"], wanted["count"], wanted["concurrency"]))
    if pool:
        pool.terminate()


main()
