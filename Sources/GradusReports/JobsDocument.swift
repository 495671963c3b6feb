package import GradusUpdates

/// The jobs of an application, as `updates start` and the admin API list them.
package struct JobsDocument: Encodable, Sendable {
  package struct Parameter: Encodable, Sendable {
    package var name: String
    package var type: AdminJobParameter.Kind
    package var nullable: Bool
    package var description: String
  }

  package struct Job: Encodable, Sendable {
    package var name: String
    package var description: String
    package var parameters: [Parameter]
  }

  package var format = 1
  package var jobs: [Job]

  package init(_ jobs: [AdminJob]) {
    self.jobs = jobs.map { job in
      Job(
        name: job.name, description: job.description,
        parameters: job.parameters.map {
          Parameter(name: $0.name, type: $0.type, nullable: $0.isNullable, description: $0.description)
        })
    }
  }
}
