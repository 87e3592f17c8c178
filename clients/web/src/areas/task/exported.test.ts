import { expect, it } from 'vitest';
import { i18nFor } from '../../i18n';
import { Cards } from '../../kit/cards';
import type { TaskItem } from '../../wire/generated';
import { instantOf } from './days';
import { tableOf } from './exported';

it('is a table that opens in office programs, and runs nothing there', () => {
  const cards = new Cards();
  cards.add([{ account: 'a', username: 'a', names: { zh: '杨丽娟' }, unit: 'u', unit_names: { zh: '' }, post: '', disabled: false }]);
  const item: TaskItem = {
    task: 'task:1', title: '=1+1', note: '带上"清单"，\n以及印章', zone: 'Asia/Shanghai', private: false, done: true,
    starts_at: instantOf('2026-11-24', 570, 'Asia/Shanghai'), ends_at: instantOf('2026-11-24', 600, 'Asia/Shanghai'),
    people: [{ account: 'a', part: 'owner' }, { account: 'unknown', part: 'watcher' }], files: [], remind: [],
  };
  const [head, row] = tableOf([item], 'Asia/Shanghai', cards, i18nFor('zh')).split('\r\n');
  expect(head).toBe('\uFEFF开始,结束,任务名称,参与人,已完成,说明');
  expect(row).toBe('2026-11-24 09:30,2026-11-24 10:00,\'=1+1,杨丽娟,已完成,"带上""清单""，\n以及印章"');
});
