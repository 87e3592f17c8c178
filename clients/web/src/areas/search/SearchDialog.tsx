// One box over everything that one may see. Arrow keys lead from the box into the results and
// back; Enter goes to where something was said.

import SearchOutlined from '@ant-design/icons/es/icons/SearchOutlined';
import Button from 'antd/es/button';
import Checkbox from 'antd/es/checkbox';
import Input, { type InputRef } from 'antd/es/input';
import Modal from 'antd/es/modal';
import Select from 'antd/es/select';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useI18n } from '../../i18n';
import { Choice, Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { useRoving } from '../../kit/useRoving';
import type { AccountCard, FoundApp, FoundFile, FoundNotice, FoundRoom, FoundTask, Hit, SearchAnswer, StreamId } from '../../wire/generated';
import { Results } from './Results';
import type { SearchModel, Since, Tab } from './model';
import './search.css';

const TABS: readonly Tab[] = ['all', 'message', 'file', 'mail', 'person', 'room', 'task', 'notice', 'app'];
const SINCE: readonly Since[] = ['any', 'today', 'week', 'month'];

export type Goals = {
  onHit: (hit: Hit, place: FoundRoom | undefined) => void;
  onRoom: (stream: StreamId) => void;
  onPerson: (card: AccountCard) => void;
  onTask: (task: FoundTask) => void;
  onNotice: (notice: FoundNotice) => void;
  onFile: (file: FoundFile) => void;
  onApp: (app: FoundApp) => void;
};

function countOf({ hits, people, rooms, tasks, notices, files, apps }: SearchAnswer): number {
  return [hits, people, rooms, tasks, notices, files, apps].reduce((sum, list) => sum + list.length, 0);
}

export function SearchDialog({ model, here, goals, onClose }: {
  model: SearchModel; here: { stream: StreamId; name: string } | null; goals: Goals; onClose: () => void;
}) {
  const { t, error } = useI18n();
  const { question, answer, asking, failure } = useObservable(model.found);
  const box = useRef<InputRef>(null);
  const list = useRef<HTMLDivElement>(null);
  const rove = useRoving(list);

  // A box that was left with a question begins with it, chosen whole: typing replaces it.
  useEffect(() => {
    const room = here?.stream ?? null;
    const held = model.found.get().question.room;
    if (held !== null && held !== room) model.ask({ room: null });
  }, [model, here]);

  function intoResults(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const items = list.current?.querySelectorAll<HTMLElement>('[data-rove]');
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      items?.[0]?.focus();
    } else if (event.key === 'Enter') {
      items?.[0]?.click();
    }
  }

  function outOfResults(event: KeyboardEvent) {
    const first = list.current?.querySelector('[data-rove]');
    if (event.key === 'ArrowUp' && document.activeElement === first) {
      event.preventDefault();
      box.current?.focus();
      return;
    }
    rove(event);
  }

  const count = answer === null ? 0 : countOf(answer);
  const empty = answer !== null && count === 0;
  return (
    <Modal
      open
      title={t('search.title')}
      footer={null}
      width={760}
      className="search"
      onCancel={onClose}
      afterOpenChange={(open) => { if (open) box.current?.focus({ cursor: 'all' }); }}
    >
      <Input
        ref={box}
        type="search"
        size="large"
        allowClear
        value={question.q}
        prefix={<SearchOutlined aria-hidden="true" />}
        placeholder={t('search.ask')}
        aria-label={t('search.ask')}
        aria-describedby="search-hint"
        onChange={(event) => model.ask({ q: event.target.value })}
        onKeyDown={intoResults}
      />
      <div className="search-tools">
        <Choice<Tab>
          label={t('search.kinds')}
          value={question.tab}
          onChange={(tab) => model.ask({ tab })}
          options={TABS.map((value) => ({ value, label: t(`search.${value}`) }))}
        />
        <Select<Since>
          aria-label={t('search.since')}
          value={question.since}
          popupMatchSelectWidth={false}
          onChange={(since) => model.ask({ since })}
          options={SINCE.map((value) => ({ value, label: t(`search.since.${value}`) }))}
        />
      </div>
      {here !== null && (
        <Checkbox checked={question.room === here.stream} onChange={({ target }) => model.ask({ room: target.checked ? here.stream : null })}>
          {t('search.here', { name: here.name })}
        </Checkbox>
      )}
      <p className="soft small" id="search-hint">{t('search.hint')}</p>
      <p className="sr" role="status">{asking ? t('app.loading') : answer !== null && !empty ? t('search.count', { n: count }) : ''}</p>
      <div className="search-found" ref={list} onKeyDown={outOfResults} aria-busy={asking}>
        {failure !== null && <Nothing>{error(failure)}</Nothing>}
        {failure === null && empty && !asking && <Nothing>{t('search.none', { q: question.q.trim() })}</Nothing>}
        {answer !== null && !empty && <Results answer={answer} tab={question.tab} goals={goals} />}
        {answer?.next !== undefined && <Button block onClick={() => void model.more()}>{t('search.more')}</Button>}
      </div>
    </Modal>
  );
}
