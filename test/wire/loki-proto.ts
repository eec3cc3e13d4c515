/** Loki's push request as protobufjs knows it: the independent encoder that tests compare with. */
import protobuf from 'protobufjs'
import type { Plain } from './otlp-proto.ts'

const source = `
syntax = "proto3";
message PushRequest { repeated Stream streams = 1; string format = 2; }
message Stream { string labels = 1; repeated Entry entries = 2; uint64 hash = 3; }
message Entry { Timestamp timestamp = 1; string line = 2; repeated Pair structured_metadata = 3;
  repeated Pair parsed = 4; }
message Pair { string name = 1; string value = 2; }
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
`
const root = protobuf.parse(source).root

export function encodePush(message: Plain): Uint8Array {
  const type = root.lookupType('PushRequest')
  return type.encode(type.fromObject(message)).finish()
}
