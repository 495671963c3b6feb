import Foundation

/// What this process has used; what a server does for it is not in here.
struct ResourceUsage {
  /// Processor time of all threads, in seconds.
  let seconds: Double
  /// The most memory that was resident, in bytes.
  let peakMemory: Int

  static var current: ResourceUsage {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    #if os(Linux)
      let unit = 1024
    #else
      let unit = 1
    #endif
    return ResourceUsage(
      seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), peakMemory: Int(usage.ru_maxrss) * unit)
  }

  /// Lets the peak begin anew from what is resident now; only Linux can.
  static func resetPeak() {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    try? file.write(contentsOf: Data("5".utf8))
    try? file.close()
  }
}
