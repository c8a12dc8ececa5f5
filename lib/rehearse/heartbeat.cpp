#include "rehearse/heartbeat.h"

#include "pq/connection.h"

namespace lifeboat::rehearse {

void beat(const Secret& url, const std::stop_token& stop) {
  pq::Connection connection(url, stop);
  connection.execute("SET lock_timeout = '2s'; SET statement_timeout = '10s'");
  // Asked first: CREATE needs a right on the schema even where the table is there.
  const bool there =
      connection.query("SELECT pg_catalog.to_regclass('public.lifeboat_heartbeat') IS NOT NULL")
          .boolean(0, 0);
  if (!there) {
    connection.execute(
        "CREATE TABLE IF NOT EXISTS public.lifeboat_heartbeat (id boolean PRIMARY KEY DEFAULT true"
        " CHECK (id), beat timestamptz NOT NULL)");
  }
  connection.execute(
      "INSERT INTO public.lifeboat_heartbeat (id, beat) VALUES (true, now())"
      " ON CONFLICT (id) DO UPDATE SET beat = excluded.beat");
}

}  // namespace lifeboat::rehearse
