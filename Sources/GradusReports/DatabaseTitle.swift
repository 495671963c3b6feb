package import Gradus
import GradusSQL

extension PhysicalDatabase {
  /// What reports for people call it: where it is, with its name where it is one of several.
  package var title: String { databases == nil ? driver.databaseName : "\(name) at \(driver.databaseName)" }
}
