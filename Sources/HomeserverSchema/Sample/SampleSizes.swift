/// How many local members each room has: three rooms in ten have up to three, few of the others have many.
struct SampleSizes {
  let sizes: [Int]

  init(sample: SampleDatabase) {
    var generator = SplitMix(seed: sample.seed)
    var sizes = Array(repeating: 1, count: sample.rooms)
    var rest = sample.memberships - sample.rooms
    let largest = sample.users / 2
    let firstSmall = sample.rooms - sample.rooms * 3 / 10
    for room in sizes.indices[firstSmall...] {
      let more = min(generator.below(3), rest, largest - 1)
      sizes[room] += more
      rest -= more
    }
    // A large room's share falls with its rank to the power 3/4, by square roots so that it is the same everywhere.
    let shares = (0..<firstSmall).map { rank in
      let root = (Double(rank) + 1).squareRoot()
      return 1 / (root * root.squareRoot())
    }
    let total = shares.reduce(0, +)
    let available = Double(rest)
    for (rank, share) in shares.enumerated() {
      let more = min(Int(share / total * available), largest - 1, rest)
      sizes[rank] += more
      rest -= more
    }
    // What is left by rounding and by the limit goes to the large rooms first.
    for bound in [firstSmall, sample.rooms] {
      while rest > 0, sizes[..<bound].contains(where: { $0 < largest }) {
        for room in 0..<bound where rest > 0 && sizes[room] < largest {
          sizes[room] += 1
          rest -= 1
        }
      }
    }
    // The standard library's own shuffle may change between its versions.
    for index in sizes.indices.dropFirst() { sizes.swapAt(index, generator.below(index + 1)) }
    self.sizes = sizes
  }
}
