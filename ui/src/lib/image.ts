// SPDX-License-Identifier: Apache-2.0
// A photo is drawn anew at most 1600 px wide or high: smaller on the way, and without the place and
// device a camera writes into it. Anything that is no photo goes as it is.

const LONGEST = 1600;
const QUALITY = 0.86;

export interface Taken {
  name: string;
  blob: Blob;
}

export async function shrink(file: File): Promise<Taken> {
  if (!/^image\/(jpeg|png|webp|heic)$/.test(file.type)) {
    return { name: file.name, blob: file };
  }
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
    return blob ? { name: file.name.replace(/\.\w+$/, '') + '.jpg', blob } : { name: file.name, blob: file };
  } catch {
    return { name: file.name, blob: file };
  }
}
