/** MessagePack as a wire format of Concord. */
export { messagePack } from './message-pack';
