import Gradus
import GradusLint

extension Finding {
  /// A finding about a statement of a delta; nil where there is no such rule.
  init?(_ id: String, _ message: String, at step: DeltaTrace.Step?, of trace: DeltaTrace) {
    guard let rule = Rule.find(id) else { return nil }
    self.init(
      rule, message, file: trace.file.path, position: step?.position, statement: step?.statement,
      engines: [trace.engine])
  }
}
