#ifndef LIFEBOAT_TESTS_INTEGRATION_OBJECTS_KIND_H_
#define LIFEBOAT_TESTS_INTEGRATION_OBJECTS_KIND_H_

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::objects {

/// Who takes the snapshot: a superuser, the database's owner, the owner of a Heroku database. What
/// the last two took is restored by the owner of another database, who is neither.
enum class Role { superuser, owner, heroku };
inline constexpr std::array kRoles = {Role::superuser, Role::owner, Role::heroku};
[[nodiscard]] std::string_view name_of(Role role);

/// What became of a kind of object. `lost`: it differs, and no report says so.
enum class Outcome { carried, named, platform, lost };
[[nodiscard]] std::string_view name_of(Outcome outcome);

/// A kind of object as a database may hold it, with everything of it in schema `slug`, or with
/// `slug` or one of `words` in its name.
struct Kind {
  std::string slug;   ///< "k_enum"
  std::string title;  ///< of its row in docs/postgres.md
  std::string setup;  ///< psql script
  std::string check;  ///< a query for one text that must be the same on both sides, or empty
  std::vector<std::string> words;
  bool rows_roam = false;  ///< rows may lie in other partitions: the check alone speaks of them
  std::map<Role, Outcome> expected;  ///< absent: carried

  [[nodiscard]] Outcome expected_for(Role role) const;
  /// Whether a text speaks of an object of this kind.
  [[nodiscard]] bool is_named_in(std::string_view text) const;
};

/// A chapter of the document's table: one file of kinds/.
struct Chapter {
  std::string title;
  std::vector<Kind> kinds;
};

/// Reads kinds/*.sql in the order of their names. Lines that begin with "--- " divide a file:
///   chapter TITLE    first line
///   kind SLUG TITLE  a kind begins; its statements follow, run by the role that takes the snapshot
///   superuser        statements from here on are run by a superuser
///   check            the query follows
///   words WORD...    further names that objects of the kind have
///   expect OUTCOME ROLE...
///   roaming          rows may lie in other partitions afterwards
[[nodiscard]] const std::vector<Chapter>& chapters();
/// All kinds of all chapters.
[[nodiscard]] std::vector<Kind> kinds();

}  // namespace lifeboat::objects

#endif  // LIFEBOAT_TESTS_INTEGRATION_OBJECTS_KIND_H_
