// The people finder: by name, pinyin, initials or phone, within a unit and below. The same
// search serves as a picker where another area needs people.

import SearchOutlined from '@ant-design/icons/es/icons/SearchOutlined';
import Button from 'antd/es/button';
import Checkbox from 'antd/es/checkbox';
import Input from 'antd/es/input';
import Select from 'antd/es/select';
import Tree from 'antd/es/tree';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing, PersonLine } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import type { AccountCard, AccountId, ErrorBody, UnitId } from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import { type AccountModel, type UnitTree, treeOf } from './model';

function useFound(model: AccountModel, text: string, unit: UnitId | undefined) {
  const [items, setItems] = useState<readonly AccountCard[]>([]);
  const [next, setNext] = useState<string | undefined>();
  const [failure, setFailure] = useState<ErrorBody | null>(null);
  const [done, setDone] = useState(false);
  const turn = useRef(0);

  useEffect(() => {
    turn.current += 1;
    const mine = turn.current;
    const timer = setTimeout(() => {
      model.find(text, unit).then((page) => {
        if (mine !== turn.current) return;
        setItems(page.items);
        setNext(page.next);
        setFailure(null);
        setDone(true);
      }, (error: unknown) => {
        if (mine === turn.current) setFailure(errorBodyOf(error));
      });
    }, 180);
    return () => clearTimeout(timer);
  }, [model, text, unit]);

  const more = async () => {
    const mine = turn.current;
    try {
      const page = await model.find(text, unit, next);
      if (mine !== turn.current) return;
      setItems((now) => [...now, ...page.items]);
      setNext(page.next);
    } catch (error) {
      setFailure(errorBodyOf(error));
    }
  };
  return { items, next, failure, done, more };
}

function Results({ found, line }: {
  found: ReturnType<typeof useFound>; line: (card: AccountCard) => ReactNode;
}) {
  const { t, error } = useI18n();
  return (
    <>
      <div aria-live="polite">
        {found.failure !== null && <Nothing>{error(found.failure)}</Nothing>}
        {found.failure === null && found.done && found.items.length === 0 && <Nothing>{t('people.none')}</Nothing>}
      </div>
      {found.items.length > 0 && (
        <ul className="plain people-list" aria-label={t('people.results')}>
          {found.items.map((card) => <li key={card.account}>{line(card)}</li>)}
        </ul>
      )}
      {found.next !== undefined && <Button block onClick={() => void found.more()}>{t('people.more')}</Button>}
    </>
  );
}

type Node = { key: string; title: string; children: Node[] };

/** The organisation and the people in it; whoever is chosen is handed on. */
export function PeopleView({ model, onOpen }: {
  model: AccountModel; onOpen: (card: AccountCard) => void;
}) {
  const { t, name } = useI18n();
  const units = useObservable(model.units);
  const [text, setText] = useState('');
  const [unit, setUnit] = useState<UnitId | undefined>();
  const found = useFound(model, text, unit);

  useEffect(() => { model.loadUnits().catch(() => undefined); }, [model]);

  const tree = useMemo(() => {
    const node = (one: UnitTree): Node => ({
      key: one.unit, title: name(one.names), children: one.children.map(node),
    });
    return treeOf(units).map(node);
  }, [units, name]);
  const opened = useMemo(
    () => units.filter((one) => one.kind === 'region' || one.kind === 'prefecture').map((one) => one.unit),
    [units],
  );

  return (
      <div className="people-cols">
        <section className="card people-tree" aria-label={t('people.units')}>
          <h2>{t('people.units')}</h2>
          <Button
            className="people-all"
            block
            type={unit === undefined ? 'primary' : 'default'}
            aria-pressed={unit === undefined}
            onClick={() => setUnit(undefined)}
          >
            {t('people.all')}
          </Button>
          {tree.length > 0 && (
            <Tree<Node>
              blockNode
              treeData={tree}
              defaultExpandedKeys={opened}
              selectedKeys={unit === undefined ? [] : [unit]}
              onSelect={(keys) => setUnit(keys[0] as UnitId | undefined)}
              aria-label={t('people.units')}
            />
          )}
        </section>
        <section className="card people-found" aria-label={t('people.results')}>
          <div className="people-filter">
            <Input
              type="search"
              allowClear
              value={text}
              onChange={(event) => setText(event.target.value)}
              prefix={<SearchOutlined aria-hidden="true" />}
              placeholder={t('people.search')}
              aria-label={t('people.search')}
            />
            <UnitSelect units={units} value={unit} onChange={setUnit} />
          </div>
          <Results
            found={found}
            line={(card) => (
              <button
                type="button"
                className="line"
                aria-label={t('contacts.open', { name: name(card.names) })}
                onClick={() => onOpen(card)}
              >
                <PersonLine card={card} extra={card.phone && <bdi className="soft small" dir="ltr">{card.phone}</bdi>} />
              </button>
            )}
          />
        </section>
      </div>
  );
}

/** The tree's stand-in where the screen is narrow. */
function UnitSelect({ units, value, onChange }: {
  units: readonly { unit: UnitId; names: { zh: string } }[];
  value: UnitId | undefined;
  onChange: (unit: UnitId | undefined) => void;
}) {
  const { t, name } = useI18n();
  return (
    <Select
      className="unit-select"
      aria-label={t('people.unit')}
      value={value ?? ''}
      onChange={(next: string) => onChange(next === '' ? undefined : next)}
      options={[
        { value: '', label: t('people.all') },
        ...units.map((one) => ({ value: one.unit, label: name(one.names) })),
      ]}
    />
  );
}

/** Several people at once, for another area's dialog. */
export function PeoplePicker({ model, chosen, exclude, onChange }: {
  model: AccountModel;
  chosen: readonly AccountId[];
  exclude: readonly AccountId[];
  onChange: (chosen: AccountId[]) => void;
}) {
  const { t } = useI18n();
  const [text, setText] = useState('');
  const found = useFound(model, text, undefined);
  const shown = { ...found, items: found.items.filter((card) => !exclude.includes(card.account)) };
  return (
    <div className="picker">
      <Input
        type="search"
        allowClear
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={t('people.search')}
        aria-label={t('people.search')}
      />
      <p className="soft small" aria-live="polite">{t('people.chosen', { n: chosen.length })}</p>
      <div className="picker-list" tabIndex={0} role="group" aria-label={t('people.results')}>
        <Results
          found={shown}
          line={(card) => (
            <Checkbox
              className="line line-check"
              checked={chosen.includes(card.account)}
              onChange={(event) => onChange(event.target.checked
                ? [...chosen, card.account]
                : chosen.filter((one) => one !== card.account))}
            >
              <span className="line-inner"><PersonLine card={card} /></span>
            </Checkbox>
          )}
        />
      </div>
    </div>
  );
}
