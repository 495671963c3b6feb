import Gradus
import GradusSQL

extension Engine {
  /// A name as the engine compares it with others.
  func folded(_ name: String) -> String { self == .sqlite ? SQLiteName(name).text : name }
}
