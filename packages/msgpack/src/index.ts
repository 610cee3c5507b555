/** MessagePack as a wire codec of Concord. */
export { messagePack } from './message-pack';
