// Which ready answers a slash offers.

import { expect, it } from 'vitest';
import { fittingAnswers } from './useAnswers';

const answers = [
  { title: '办理时间', text: '工作日 10:00–19:30' },
  { title: 'Address', text: '解放北路 1 号' },
];

it('offers all after a slash, fewer with each letter, and none without', () => {
  const titles = (text: string) => fittingAnswers(text, answers).map((one) => one.title);
  expect(titles('/')).toEqual(['办理时间', 'Address']);
  expect(titles('/时间')).toEqual(['办理时间']);
  expect(titles('/addr')).toEqual(['Address']);
  expect(titles('/解放')).toEqual(['Address']);
  expect(titles('时间')).toEqual([]);
  expect(titles('见 /')).toEqual([]);
  expect(titles('/\n')).toEqual([]);
});
