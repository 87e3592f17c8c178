// A raised hand; the library of signs has none.

export function HandSign() {
  return (
    <svg className="call-hand" viewBox="0 0 24 24" width="1em" height="1em" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d="M7 13V6.5a1.5 1.5 0 0 1 3 0V11m0-1V4a1.5 1.5 0 0 1 3 0v7m0-1V5.5a1.5 1.5 0 0 1 3 0V12m0-2.500a1.500 1.500 0 0 1 3 0V15a7 7 0 0 1-7 7c-3 0-4.500-1.200-6-3.500L3.800 14.800a1.500 1.500 0 0 1 2.500-1.600L7 14" />
    </svg>
  );
}
