import { FaceError, type Image } from '@kith/core';

/** @throws {FaceError} `IMAGE_UNREADABLE` for no size at all, `IMAGE_TOO_LARGE` for more pixels than the cap. */
export function assertPhotoSize({ width, height }: Pick<Image, 'width' | 'height'>, maxPixels: number): void {
  if (!(width > 0 && height > 0)) {
    throw new FaceError('IMAGE_UNREADABLE', `The photo's header declares no size, got ${width} × ${height} px.`);
  }
  if (width * height > maxPixels) {
    throw new FaceError(
      'IMAGE_TOO_LARGE',
      `The photo has ${width} × ${height} px; expected at most ${maxPixels.toLocaleString('en-US')} pixels in all (raise it with 'maxPixels').`,
    );
  }
}
