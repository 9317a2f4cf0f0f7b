"""The whole journey by programs, over HTTP with tokens alone."""


def test_a_case_goes_from_theatre_to_laboratory_to_a_kept_audit(
    clinic, surgeon, embryologist, witness, administrator, reader, api, answers, findings
):
    theatre, bench, office = api(surgeon), api(embryologist), api(administrator)

    here = theatre.get("/api/v1/clinics/").json()["results"][0]
    people = {(one["name"], one["role"]): one["id"] for one in here["people"]}
    draft = theatre.post(
        "/api/v1/cases/", {"clinic": here["id"], "patient_code": "K-0231", "procedure_date": "2025-03-04"}
    ).json()
    assert draft["state"] == "draft"

    whole = answers(
        patient_code="K-0231", procedure_date="2025-03-04", surgeon=people["Sami Surgeon", "surgeon"]
    )
    signed = theatre.put(f"/api/v1/cases/{draft['id']}/", whole | {"version": draft["version"], "sign": True})
    assert signed.json()["state"] == "complete"

    assert theatre.post("/api/v1/laboratory-reports/", {"case": draft["id"]}).status_code == 403
    first = bench.post(
        "/api/v1/laboratory-reports/", {"case": draft["id"], "right_sperm_found": "motile"}
    ).json()
    report = findings(witness=people["Wim Witness", "embryologist"]) | {
        "version": first["version"],
        "final": True,
    }
    final = bench.patch(f"/api/v1/laboratory-reports/{first['id']}/", report)
    assert final.json()["result_status"] == "final"
    assert bench.patch(f"/api/v1/cases/{draft['id']}/", {"version": 2}).status_code == 403

    period = {"since": "2025-01-01", "until": "2025-12-31"}
    live = office.get(f"/api/v1/clinics/{here['id']}/audit/", period).json()
    kept = office.post("/api/v1/audit-runs/", {"clinic": here["id"], "title": "2025"} | period)
    assert kept.status_code == 201
    micro = next(one for one in kept.json()["audit"]["comparisons"] if one["measure"] == "micro_noa")
    assert micro in live["comparisons"]
    assert (micro["found"], micro["known"], micro["pending"]) == (1, 1, 0)
    assert micro["cases"]["found"] == [signed.json()["number"]]
    assert api(reader).get(f"/api/v1/audit-runs/{kept.json()['id']}/").json() == kept.json()
