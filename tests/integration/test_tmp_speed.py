from __future__ import annotations
import time, random, os
import pytest
from django.db import transaction
from contracts.catalogue import uploads, publication, staging, comparison
from contracts.catalogue.models import *
from tests.integration import test_catalogue_pipeline as p
from tests.world import NOW
N = int(os.environ.get("ROWS", "100000"))

@pytest.mark.django_db(transaction=True)
def test_speed():
    from contracts.catalogue import publication as pub
    market = p._committed_market()
    rnd = random.Random(1)
    rows = "".join(
        f"K-{n:06d};Notebook Modell {n} mit {rnd.choice((8,16,32))} GB Speicher und Dockingstation;Hersteller {n%50};Zubehör;{rnd.randint(100,200000)/100:.2f}".replace(".",",")+"\n" for n in range(N))
    from django.db import connection as cn
    with cn.cursor() as c:
        c.execute("select pg_backend_pid()"); pid=c.fetchone()[0]
    def cpu():
        import pathlib; s=pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")",1)[1].split()
        return time.process_time(), (int(s[11])+int(s[12]))/100
    def timed(module, name):
        f = getattr(module, name)
        def g(*a, **k):
            c0=cpu(); t=time.perf_counter(); r=f(*a, **k); c1=cpu(); print(f"    {name}: {time.perf_counter()-t:.2f} py {c1[0]-c0[0]:.2f} pg {c1[1]-c0[1]:.2f}"); return r
        setattr(module, name, g)
    import cProfile, pstats
    orig=pub.reindex
    def prof(ids):
        pr=cProfile.Profile(); pr.enable(); orig(ids); pr.disable(); pstats.Stats(pr).sort_stats("tottime").print_stats(14)
    if os.environ.get("PROF"): pub.reindex=prof
    from contracts.agreements import listing as li
    if os.environ.get("EXPLAIN"):
        from contracts import oscar_adapter as oa
        from django.db import connection
        def cp(ids, *, now):
            cls=oa.get_model("catalogue","ProductClass").objects.get_or_create(slug="artikel",defaults={"name":"x"})[0]
            with connection.cursor() as c:
                c.execute("EXPLAIN (ANALYZE, BUFFERS, WAL) "+oa._CREATE_PRODUCTS, {"articles":list(ids),"product_class":cls.pk,"now":now})
                print("\n".join(r[0][:160] for r in c.fetchall()))
        li.create_products = cp
    timed(li,"create_products"); timed(li,"create_stockrecords")
    for m, n in ((staging,"_stage"),(staging,"_finish"),(staging,"match_items"),(staging,"refuse_unmatched"),(staging,"assess"),(pub,"match_items"),(pub,"assess"),(pub,"_write_articles"),(pub,"_write_list_prices"),(pub,"_write_listings"),(pub,"list_pairs"),(pub,"reindex"),(pub,"rename_products")):
        timed(m,n)
    timed(market,"receive"); timed(uploads,"check"); timed(publication,"publish")
    for rnd_no in (1,2):
        t=time.perf_counter(); u=market.receive(rows if rnd_no==1 else rows.replace(";Zubehör;1", ";Zubehör;0").replace("8 GB","8GB")); print("receive", time.perf_counter()-t)
        t=time.perf_counter(); uploads.check(u.pk, now=NOW); print("check", time.perf_counter()-t)
        u.refresh_from_db(); print(u.state, u.rows_read, u.rows_staged, u.rows_refused, list(u.issues.values_list("code","value")[:3]))
        t=time.perf_counter(); print(market.publish(u)); print("publish", time.perf_counter()-t)
