// The dialog that a tool of the composer opens.

import { useObservable } from '../../../kit/useObservable';
import type { RenderPicker } from '../../../kit/picker';
import type { AccountId, Part, StreamId } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { CardDialog, LinkDialog, WhisperDialog } from './Dialogs';
import { LocationDialog } from './LocationDialog';
import type { Tool } from './Tools';

export function OpenDialog({ model, stream, tool, picker, whisper, onWhisper, onSend, onClose }: {
  model: RoomModel; stream: StreamId; tool: Tool; picker: RenderPicker;
  whisper: readonly AccountId[]; onWhisper: (chosen: AccountId[]) => void;
  onSend: (part: Part) => void; onClose: () => void;
}) {
  const members = useObservable(model.names.members(stream));
  switch (tool) {
    case 'location': return <LocationDialog onSend={onSend} onClose={onClose} />;
    case 'card': return <CardDialog picker={picker} onSend={onSend} onClose={onClose} />;
    case 'link': return <LinkDialog links={model.links} onSend={onSend} onClose={onClose} />;
    case 'whisper':
      return <WhisperDialog members={members} me={model.me} chosen={whisper} onChoose={onWhisper} onClose={onClose} />;
    default: return null;
  }
}
