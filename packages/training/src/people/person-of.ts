/**
 * Tell whose photo it is: the folder that a set's photos of one person lie in names the person. Letters are composed, since file systems
 * differ in how they write an é, and copies from two of them are of one person; upper and lower case are two.
 *
 * @param path - Relative to the set's folder, as in `F0001_MID1/P00001_face2.jpg`; a photo in no folder is a person of its own.
 */
export function personOf(path: string): string {
  return path.split('/')[0]!.normalize('NFC');
}
