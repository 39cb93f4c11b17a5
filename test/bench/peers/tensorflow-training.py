"""The training step of a laid-out table in Python's TensorFlow: one tf.function, Keras's Adam, batch norm in one kernel.

Speaks the JSON lines of kith-training.mjs.
"""
import json
import os
import sys
import time

import numpy
import tensorflow as tf

threads = int(os.environ.get("BENCH_THREADS", "1"))
tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)


def padding_of(geometry, operation, shape):
    """The padding in TensorFlow's words, or None where zeros must be put around the maps first."""
    top, right, bottom, left = geometry["pads"]
    overhang = geometry["overhang"]
    if not any([top, right, bottom, left, *overhang]):
        return "VALID"
    dilation = operation.get("dilation", [1, 1])
    sides = []
    for axis in (0, 1):
        reach = (operation["kernel"][axis] - 1) * dilation[axis] + 1
        count = -(-shape[axis] // operation["stride"][axis])
        total = max(0, (count - 1) * operation["stride"][axis] + reach - shape[axis])
        sides.append((total // 2, total - total // 2))
    same = not any(overhang) and sides == [(top, bottom), (left, right)]
    return "SAME" if same else None


def window(x, geometry, operation, shape, value=0.0, zeros_count=False):
    padding = padding_of(geometry, operation, shape)
    if padding == "VALID" or (padding and not zeros_count):
        return x, padding
    top, right, bottom, left = geometry["pads"]
    down, across = geometry["overhang"]
    return tf.pad(x, [[0, 0], [top, bottom + down], [left, right + across], [0, 0]], constant_values=value), "VALID"


@tf.custom_gradient
def square_root(x):
    """Flat where it is zero, as kith has it, where TensorFlow's own is infinitely steep."""
    y = tf.sqrt(x)
    return y, lambda slope: tf.math.divide_no_nan(slope, 2 * y)


class Net:
    def __init__(self, description, numbers):
        self.nodes = description["nodes"]
        self.output = description["output"]
        self.variables = {}
        for weight in description["weights"]:
            data = numbers[weight["offset"] : weight["offset"] + weight["length"]].reshape(weight["shape"])
            self.variables[weight["name"]] = tf.Variable(data, trainable=weight["trainable"], name=weight["name"])
        self.learned = [variable for variable in self.variables.values() if variable.trainable]

    def __call__(self, x, training):
        values = {"input": x}
        for node in self.nodes:
            values[node["name"]] = self.compute(node, [values[name] for name in node["inputs"]], training)
        return values[self.output]

    def compute(self, node, inputs, training):
        operation, x = node["operation"], inputs[0]
        kind = operation["kind"]
        part = lambda name: self.variables.get(f"{node['name']}/{name}")
        place = (node.get("geometry"), operation, node["inputShapes"][0])
        with_bias = lambda y: y if part("bias") is None else tf.nn.bias_add(y, part("bias"))
        if kind == "conv":
            maps, padding = window(x, *place)
            y = tf.nn.conv2d(maps, part("kernel"), operation["stride"], padding, dilations=operation["dilation"])
            return with_bias(y)
        if kind == "depthwiseConv":
            maps, padding = window(x, *place)
            strides = [1, *operation["stride"], 1]
            y = tf.nn.depthwise_conv2d(maps, part("kernel"), strides, padding, dilations=operation["dilation"])
            return with_bias(y)
        if kind == "dense":
            return with_bias(tf.matmul(tf.reshape(x, [-1, part("kernel").shape[0]]), part("kernel")))
        if kind == "batchNorm":
            return self.normalize(x, operation, part, training)
        if kind == "activation":
            return getattr(tf.nn, operation["function"])(x)
        if kind == "prelu":
            # as Keras has it
            return tf.nn.relu(x) - part("alpha") * tf.nn.relu(-x)
        if kind == "maxPool":
            maps, padding = window(x, *place, value=-numpy.inf)
            return tf.nn.max_pool2d(maps, operation["kernel"], operation["stride"], padding)
        if kind == "averagePool":
            maps, padding = window(x, *place)
            assert maps is x, "a padded mean is not written"
            return tf.nn.avg_pool2d(maps, operation["kernel"], operation["stride"], padding)
        if kind == "lpPool" and operation["p"] == 2:
            maps, padding = window(tf.square(x), *place, zeros_count=True)
            means = tf.nn.avg_pool2d(maps, operation["kernel"], operation["stride"], padding)
            size = operation["kernel"][0] * operation["kernel"][1] if operation["form"] == "sum" else 1
            return square_root(means * size)
        if kind == "globalAveragePool":
            return tf.reduce_mean(x, [1, 2])
        if kind == "lrn" and operation["size"] % 2 == 1:
            alpha = operation["alpha"] / (operation["size"] if operation["form"] == "caffe" else 1)
            return tf.nn.lrn(x, (operation["size"] - 1) // 2, operation["bias"], alpha, operation["beta"])
        if kind == "pad":
            top, right, bottom, left = operation["sides"]
            return tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]])
        if kind == "scale":
            return x * operation["factor"]
        if kind == "normalize":
            return (x - tf.constant(operation["mean"], tf.float32)) / tf.constant(operation["deviation"], tf.float32)
        if kind == "l2Normalize":
            squares = tf.reduce_sum(tf.square(x), -1, keepdims=True)
            return x / tf.sqrt(tf.maximum(squares, operation["epsilon"] ** 2))
        if kind == "concat":
            return tf.concat(inputs, -1)
        if kind == "add":
            return tf.add_n(inputs)
        raise ValueError(f"{kind} is not written")

    def normalize(self, x, operation, part, training):
        mean, variance = part("mean"), part("variance")
        gamma = part("gamma") if part("gamma") is not None else tf.ones_like(mean)
        beta = part("beta") if part("beta") is not None else tf.zeros_like(mean)
        maps = x if x.shape.rank == 4 else tf.reshape(x, [-1, 1, 1, x.shape[-1]])
        y, next_mean, next_variance = tf.compat.v1.nn.fused_batch_norm(
            maps,
            gamma,
            beta,
            mean=mean,
            variance=variance,
            epsilon=operation["epsilon"],
            is_training=training,
            exponential_avg_factor=1 - operation["momentum"],
        )
        if training:
            mean.assign(next_mean)
            variance.assign(next_variance)
        return tf.reshape(y, [-1, *x.shape[1:]])


def open_net(folder):
    read = lambda name: numpy.fromfile(os.path.join(folder, name), numpy.float32)
    with open(os.path.join(folder, "net.json"), encoding="utf8") as file:
        description = json.load(file)
    net = Net(description, read("weights.f32"))
    batch = description["batch"]
    # numpy's, so that each step hands them over as kith does
    pixels = read("batch.f32").reshape([batch, *description["network"]["input"]])
    targets = read("targets.f32").reshape([batch, -1])
    # the step is traced as one graph: Keras's own training does the same
    optimizer = tf.keras.optimizers.Adam(description["learningRate"])
    optimizer.build(net.learned)

    @tf.function(reduce_retracing=True)
    def step(images, wanted):
        with tf.GradientTape() as tape:
            output = net(images, True)
            difference = output - tf.reshape(wanted, tf.shape(output))
            loss = tf.reduce_sum(tf.square(difference)) / batch
        optimizer.apply_gradients(zip(tape.gradient(loss, net.learned), net.learned))
        return loss

    output = tf.function(lambda images: net(images, False))(tf.constant(pixels))
    run = lambda: float(step(tf.constant(pixels), tf.constant(targets)))
    return run, [float(number) for number in output.numpy().ravel()]


def say(answer):
    print(json.dumps({"peer": answer}), flush=True)


def main():
    run = None
    say({"ready": True})
    for line in sys.stdin:
        message = json.loads(line)
        if "open" in message:
            run, output = open_net(message["open"]["folder"])
            say({"output": output, "version": tf.__version__})
        else:
            ms, cpu_ms, losses = [], [], []
            for _ in range(message["steps"]["count"]):
                used, began = time.process_time(), time.perf_counter()
                losses.append(run())
                ms.append((time.perf_counter() - began) * 1000)
                cpu_ms.append((time.process_time() - used) * 1000)
            say({"ms": ms, "cpuMs": cpu_ms, "losses": losses})


main()
