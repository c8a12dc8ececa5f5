#ifndef LIFEBOAT_TESTS_HARNESS_LONG_RUN_H_
#define LIFEBOAT_TESTS_HARNESS_LONG_RUN_H_

namespace lifeboat::harness {

/// Whether loops shall take their time: LIFEBOAT_TEST_LONG=1.
[[nodiscard]] bool long_run();

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_LONG_RUN_H_
