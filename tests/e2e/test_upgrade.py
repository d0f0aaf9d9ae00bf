"""New images within one CKAN line, and the way back."""

from __future__ import annotations

import json

import docker

from tests.e2e.conftest import Running


def test_a_site_moves_to_the_current_images_and_back_without_losing_anything(
    sandbox: Running, engine: docker.APIClient
) -> None:
    web = f"datacats_web_{sandbox.name}"
    current = engine.inspect_container(web)["Config"]["Image"]
    older = "2.12.0-000000000000"
    engine.tag(current, "datacats/web", older)
    try:
        record = sandbox.data / "site.json"
        state = json.loads(record.read_text())
        state["images"]["web"] = f"datacats/web:{older}"
        record.write_text(json.dumps(state))
        sandbox.installation.run("start", sandbox.name)
        assert engine.inspect_container(web)["Config"]["Image"] == f"datacats/web:{older}"
        sandbox.ckan.action("organization_create", name="kept")

        sandbox.installation.run("upgrade", sandbox.name)
        assert engine.inspect_container(web)["Config"]["Image"] == current
        assert "kept" in sandbox.ckan.action("organization_list")

        sandbox.installation.run("upgrade", sandbox.name, "--rollback")
        assert engine.inspect_container(web)["Config"]["Image"] == f"datacats/web:{older}"
        assert "kept" in sandbox.ckan.action("organization_list")
        sandbox.installation.run("upgrade", sandbox.name)
    finally:
        engine.remove_image(f"datacats/web:{older}", force=True)


def test_another_line_of_ckan_is_refused(sandbox: Running) -> None:
    toml = sandbox.source / "datacats.toml"
    text = toml.read_text()
    toml.write_text(text.replace('ckan = "2.12"', 'ckan = "2.11"'))
    said = sandbox.installation.run("upgrade", sandbox.name, status=5).stderr.decode()
    toml.write_text(text)
    assert "another line" in said
    assert sandbox.ckan.get("/")[0] == 200
