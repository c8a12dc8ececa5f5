#include "postgres/replace_target.h"

#include "postgres/scratch_wipe.h"
#include "postgres/session.h"
#include "postgres/user_objects.h"

namespace lifeboat::postgres {

void refuse_unfit_replacement(pq::Connection& connection, const TargetState& target,
                              const std::string& typed) {
  if (typed != target.identity.database) {
    throw Error(ErrorKind::refused,
                "--replace names database \"" + typed + "\", the target is \"" +
                    target.identity.database + "\"",
                "look twice at which database is meant, then type its name: --replace NAME");
  }
  const std::string others = name_objects_of_others(connection);
  if (others.empty()) return;
  throw Error(ErrorKind::refused,
              "the target holds what is another role's and could not be dropped: " + others,
              "restore as the role that owns the database's objects, or into a new database");
}

void empty_target(const Secret& url, Observer& observer) {
  pq::Connection connection = connect_pinned(url, {});
  const UserObjects before = count_user_objects(connection);
  observer.phase("empty the target");
  drop_user_objects(connection);
  const std::string left = name_user_objects(connection);
  if (!left.empty()) {
    throw Error(ErrorKind::refused, "the target still holds " + left,
                "drop it by hand, then run the same command again");
  }
  if (before.all > 0) {
    observer.warned("dropped what the target held: " + std::to_string(before.all) +
                    " objects (tables: " + std::to_string(before.tables) + ")");
  }
}

}  // namespace lifeboat::postgres
