import Testing

@testable import Gradus
@testable import GradusUpdates

@Suite struct LeaseTermsTests {
  private let terms = LeaseTerms(worker: LeaseTerms.newWorker(), duration: .seconds(1))

  @Test func theOtherWorkersOfAProcessAreOfIt() {
    let other = LeaseTerms.newWorker()
    #expect(other != terms.worker)
    #expect(terms.isOfSameProcess(other))
    #expect(!terms.isOfSameProcess(nil))
  }

  /// Processes of two containers may have one name, number and host's name.
  @Test func anotherProcessMayBeCalledTheSame() {
    #expect(terms.worker.hasPrefix(ProcessIdentity.current))
    #expect(!terms.isOfSameProcess("\(ProcessIdentity.current), worker 12345678"))
  }
}
