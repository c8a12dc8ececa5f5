#ifndef LIFEBOAT_TESTS_TAMPER_VICTIMS_H_
#define LIFEBOAT_TESTS_TAMPER_VICTIMS_H_

#include <string>
#include <vector>

#include "tamper/judge.h"

namespace lifeboat::tamper {

/// An object, and what those who look are told if its bytes are not what they were.
struct Victim {
  std::string what;
  std::string name;
  vault::ObjectType type;
  Expected altered;
  Expected deleted;
  Expected duplicated;      ///< the same bytes under `second_name` too
  std::string second_name;  ///< the next place of its kind
};

/// One of every kind of object that the scene holds, or more where their place matters.
[[nodiscard]] const std::vector<Victim>& victims();

/// Whether both are records of one chain: then each is told apart by its place.
[[nodiscard]] bool of_one_chain(const Victim& one, const Victim& other);

}  // namespace lifeboat::tamper

#endif  // LIFEBOAT_TESTS_TAMPER_VICTIMS_H_
