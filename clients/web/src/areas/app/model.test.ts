import { expect, it } from 'vitest';
import { fits, placed } from './model';

const app = (n: number, order: number) => ({ app: `app:${n}`, order });

it('finds an application by name, pinyin and initials', () => {
  const one = { keys: '办件查询 banjianchaxun bjcx', summary: 'Where a case stands' };
  for (const query of ['', ' 查询', 'chaxun', 'BJ', 'case']) expect(fits(one, query), query).toBe(true);
  expect(fits(one, 'pingjia')).toBe(false);
});

it('numbers only those that change place', () => {
  const apps = [app(1, 10), app(2, 20), app(3, 30)];
  expect(placed(apps, 'app:3', 0)).toEqual([app(3, 10), app(1, 20), app(2, 30)].map(({ app: id, order }) => ({ app: id, order })));
  expect(placed(apps, 'app:2', 1)).toEqual([]);
  expect(placed(apps, 'app:9', 0)).toEqual([]);
  expect(placed([app(1, 0), app(2, 0)], 'app:2', 0)).toEqual([{ app: 'app:2', order: 10 }, { app: 'app:1', order: 20 }]);
});
