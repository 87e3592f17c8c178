// The middle of a picture as a small square, decoded and drawn anew: what else a file holds stays
// behind. Refuses what is no picture.

export async function squareOf(file: Blob, side: number): Promise<Blob> {
  const picture = await createImageBitmap(file);
  try {
    const canvas = document.createElement('canvas');
    canvas.width = side;
    canvas.height = side;
    const from = Math.min(picture.width, picture.height);
    const [left, top] = [(picture.width - from) / 2, (picture.height - from) / 2];
    canvas.getContext('2d')?.drawImage(picture, left, top, from, from, 0, 0, side, side);
    const blob = await new Promise<Blob | null>((resolve) => { canvas.toBlob(resolve, 'image/png'); });
    if (blob === null) throw new Error('the browser draws no picture');
    return blob;
  } finally {
    picture.close();
  }
}
