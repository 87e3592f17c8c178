// How people are chosen is the account area's matter: the workbench hands it to the others.

import type { ReactNode } from 'react';
import type { AccountId } from '../wire/generated';

export type RenderPicker = (
  chosen: readonly AccountId[], exclude: readonly AccountId[], onChange: (chosen: AccountId[]) => void,
) => ReactNode;
