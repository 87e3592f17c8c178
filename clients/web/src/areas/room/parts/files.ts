// Where a message's file is read, and how much it is: the same for all areas.

export * from '../../../kit/files';
