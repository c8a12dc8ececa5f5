#include "verify/partition_sums.h"

#include <map>

namespace lifeboat::verify {
namespace {

/// What the leaves of one tree hold together.
struct Tree {
  vault::RowSum expected;
  vault::RowSum found;
  bool leaves_differ = false;
};

/// The index of the topmost ancestor, itself if there is none.
std::size_t top_of(const std::vector<postgres::Table>& tables,
                   const std::map<postgres::Oid, std::size_t>& by_oid, std::size_t at) {
  while (tables[at].parent != 0) {
    const auto parent = by_oid.find(tables[at].parent);
    if (parent == by_oid.end()) break;
    at = parent->second;
  }
  return at;
}

}  // namespace

std::vector<std::optional<std::size_t>> rearranged_trees(const postgres::Catalogue& catalogue,
                                                         const std::vector<vault::RowSum>& expected,
                                                         const std::vector<vault::RowSum>& found) {
  const std::vector<postgres::Table>& tables = catalogue.tables;
  std::map<postgres::Oid, std::size_t> by_oid;
  for (std::size_t i = 0; i < tables.size(); ++i) by_oid[tables[i].oid] = i;
  std::map<std::size_t, Tree> trees;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (tables[i].parent == 0) continue;
    Tree& tree = trees[top_of(tables, by_oid, i)];
    tree.expected.add(expected[i]);
    tree.found.add(found[i]);
    tree.leaves_differ = tree.leaves_differ || !(expected[i] == found[i]);
  }
  std::vector<std::optional<std::size_t>> result(tables.size());
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (tables[i].parent == 0) continue;
    const std::size_t top = top_of(tables, by_oid, i);
    const Tree& tree = trees.at(top);
    if (tree.leaves_differ && tree.expected == tree.found) result[i] = top;
  }
  return result;
}

}  // namespace lifeboat::verify
