/** Remote write 1.0 and 2.0 as protobufjs knows them: the independent encoder and decoder. */
import protobuf from 'protobufjs'
import type { Plain } from './otlp-proto.ts'

const histogram = `
  oneof count { uint64 count_int = 1; double count_float = 2; } double sum = 3; sint32 schema = 4;
  double zero_threshold = 5;
  oneof zero_count { uint64 zero_count_int = 6; double zero_count_float = 7; }
  repeated BucketSpan negative_spans = 8; repeated sint64 negative_deltas = 9;
  repeated double negative_counts = 10; repeated BucketSpan positive_spans = 11;
  repeated sint64 positive_deltas = 12; repeated double positive_counts = 13;
  int32 reset_hint = 14; int64 timestamp = 15; repeated double custom_values = 16;`

const source = `
syntax = "proto3";
message WriteRequest { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }
message MetricMetadata { int32 type = 1; string metric_family_name = 2; string help = 4;
  string unit = 5; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2;
  repeated Exemplar exemplars = 3; repeated Histogram histograms = 4; }
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
message BucketSpan { sint32 offset = 1; uint32 length = 2; }
message Histogram { ${histogram} }
message Request { repeated string symbols = 4; repeated TimeSeries2 timeseries = 5; }
message TimeSeries2 { repeated uint32 labels_refs = 1; repeated Sample2 samples = 2;
  repeated Histogram2 histograms = 3; repeated Exemplar2 exemplars = 4; Metadata2 metadata = 5;
  int64 created_timestamp = 6; }
message Exemplar2 { repeated uint32 labels_refs = 1; double value = 2; int64 timestamp = 3; }
message Sample2 { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
message Metadata2 { int32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
message Histogram2 { ${histogram} int64 start_timestamp = 17; }
`
const root = protobuf.parse(source).root

export type WriteMessage = 'WriteRequest' | 'Request'

/** Field names are camelCase, as protobufjs makes them of the above. */
export function encodeWrite(name: WriteMessage, message: Plain): Uint8Array {
  const type = root.lookupType(name)
  return type.encode(type.fromObject(message)).finish()
}

/** 64-bit numbers come as decimal text, bytes as Buffers; what was not sent has its default. */
export function decodeWrite(name: WriteMessage, bytes: Uint8Array): Plain {
  const type = root.lookupType(name)
  const options = { longs: String, bytes: Buffer, defaults: true, arrays: true, oneofs: true }
  return type.toObject(type.decode(bytes), options)
}
