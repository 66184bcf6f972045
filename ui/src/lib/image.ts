// SPDX-License-Identifier: Apache-2.0
// A photo is drawn anew at most 1600 px wide or high: smaller on the way, and without the place and
// device a camera writes into it. Anything that is no photo goes as it is.

const LONGEST = 1600;
const QUALITY = 0.86;

export interface Taken {
  name: string;
  blob: Blob;
}

/** A picture drawn anew, turned a quarter to the right so many times; null when it is none that can be drawn. */
export async function drawn(file: Blob, quarters = 0): Promise<{ jpeg: Blob; width: number; height: number } | null> {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const [w, h] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = quarters % 2 ? [h, w] : [w, h];
  const pen = canvas.getContext('2d');
  pen?.translate(canvas.width / 2, canvas.height / 2);
  pen?.rotate((quarters * Math.PI) / 2);
  pen?.drawImage(picture, -w / 2, -h / 2, w, h);
  picture.close();
  const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  return jpeg && { jpeg, width: canvas.width, height: canvas.height };
}

export async function shrink(file: File): Promise<Taken> {
  if (!/^image\/(jpeg|png|webp|heic)$/.test(file.type)) {
    return { name: file.name, blob: file };
  }
  try {
    const again = await drawn(file);
    return again ? { name: file.name.replace(/\.\w+$/, '') + '.jpg', blob: again.jpeg } : { name: file.name, blob: file };
  } catch {
    return { name: file.name, blob: file };
  }
}
