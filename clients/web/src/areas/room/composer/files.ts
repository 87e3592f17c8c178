// Files that came by paste or drop.

export function filesOf(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])];
}

/** A picture from the clipboard is called image.png like every other one. */
export function named(file: File, now: Date): File {
  if (file.name !== 'image.png' && file.name !== '') return file;
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return new File([file], `${day}-${time}.${file.type.split('/')[1] ?? 'png'}`, { type: file.type });
}
