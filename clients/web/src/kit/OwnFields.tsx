// The organisation's own fields of a person, as facts on the card.

import { Fragment, useEffect, useState } from 'react';
import { useI18n } from '../i18n';
import type { AccountId, Names, OrganisationInfo, PersonProfile } from '../wire/generated';
import type { Http } from '../wire/http';

type Fact = { field: string; names: Names; text: string };

export function OwnFields({ http, account }: { http: Http; account: AccountId }) {
  const { name } = useI18n();
  const [facts, setFacts] = useState<readonly Fact[]>([]);
  useEffect(() => {
    let alive = true;
    Promise.all([
      http.call<OrganisationInfo>('GET', '/v1/organisation'),
      http.call<PersonProfile>('GET', `/v1/people/${account}`),
    ]).then(([{ fields }, person]) => {
      const texts = new Map(person.fields.map(({ field, text }) => [field, text]));
      const known = fields.flatMap(({ field, names, shown }) => {
        const text = shown ? texts.get(field) : undefined;
        return text === undefined ? [] : [{ field, names, text }];
      });
      if (alive) setFacts(known);
      // The card is good without them.
    }, () => undefined);
    return () => { alive = false; };
  }, [http, account]);
  return facts.map(({ field, names, text }) => (
    <Fragment key={field}><dt>{name(names)}</dt><dd><bdi>{text}</bdi></dd></Fragment>
  ));
}
