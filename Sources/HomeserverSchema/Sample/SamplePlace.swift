/// Where the next event goes.
struct SamplePlace: Sendable {
  var position: Int64 = 1
  var stateGroup: Int64 = 1
}
