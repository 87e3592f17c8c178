// The staff workbench: entry.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../../kit/base.css';
import '../../kit/chat.css';
import { serviceWorker } from '../../kit/pwa';
import { Themed } from '../../kit/theme';
import { App } from './App';

createRoot(document.getElementById('root')!).render(
  <StrictMode><Themed><App /></Themed></StrictMode>,
);

// Not while the page is worked on: it would serve yesterday's.
if (import.meta.env.PROD) void serviceWorker();
