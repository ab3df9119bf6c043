# How many people must approve what waits for people: as many as the strictest rule asks for.
package autonomic

# What the operator accepts in an answer.
max_reviewers := 5

reviewers := min({max_reviewers, wanted_people + uncounted})

wanted_people := max({1, tier_reviewers} | {people(finding.reviewers) | some finding in concerns})

# A number that is none asks for as many as there can be.
people(number) := number if number in numbers.range(1, max_reviewers)

people(number) := max_reviewers if not number in numbers.range(1, max_reviewers)
