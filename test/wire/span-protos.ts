/** The spans of Zipkin and Jaeger as protobufjs knows them: independent encoders for tests. */
import protobuf from 'protobufjs'
import type { Plain } from './otlp-proto.ts'

const zipkin = `
syntax = "proto3";
message ListOfSpans { repeated Span spans = 1; }
message Span { bytes trace_id = 1; bytes parent_id = 2; bytes id = 3; int32 kind = 4;
  string name = 5; fixed64 timestamp = 6; uint64 duration = 7; Endpoint local_endpoint = 8;
  Endpoint remote_endpoint = 9; repeated Annotation annotations = 10;
  map<string, string> tags = 11; bool debug = 12; bool shared = 13; }
message Endpoint { string service_name = 1; bytes ipv4 = 2; bytes ipv6 = 3; int32 port = 4; }
message Annotation { fixed64 timestamp = 1; string value = 2; }
`
const jaeger = `
syntax = "proto3";
message PostSpansRequest { Batch batch = 1; }
message Batch { repeated Span spans = 1; Process process = 2; }
message Span { bytes trace_id = 1; bytes span_id = 2; string operation_name = 3;
  repeated SpanRef references = 4; uint32 flags = 5; Seconds start_time = 6; Seconds duration = 7;
  repeated KeyValue tags = 8; repeated Log logs = 9; Process process = 10; string process_id = 11;
  repeated string warnings = 12; }
message KeyValue { string key = 1; int32 v_type = 2; string v_str = 3; bool v_bool = 4;
  int64 v_int64 = 5; double v_float64 = 6; bytes v_binary = 7; }
message Log { Seconds timestamp = 1; repeated KeyValue fields = 2; }
message SpanRef { bytes trace_id = 1; bytes span_id = 2; int32 ref_type = 3; }
message Process { string service_name = 1; repeated KeyValue tags = 2; }
message Seconds { int64 seconds = 1; int32 nanos = 2; }
`
const requests = {
  zipkin: protobuf.parse(zipkin).root.lookupType('ListOfSpans'),
  jaeger: protobuf.parse(jaeger).root.lookupType('PostSpansRequest'),
}

export function encodeSpans(of: keyof typeof requests, message: Plain): Uint8Array {
  const type = requests[of]
  return type.encode(type.fromObject(message)).finish()
}
