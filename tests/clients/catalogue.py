"""Whether catalogues hold to DCAT-AP.de 3.0, by the validator and the shapes of others.

Reads {"folder": …, "files": {name: text}}: the folder has `shapes` and `vocab`, and what a file is follows from the ending
of its name. Prints {name: {"statements": …, "conforms": …, "report": …}}; warnings count.
"""

import json
import pathlib
import sys

import pyshacl
import rdflib

FORMATS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
SHAPES = ["dcat-ap-3.0.0-SHACL.ttl", "dcat-ap-SHACL-DE.ttl", "dcat-ap-de-*.ttl", "dcat-ap-spec-german-additions.ttl"]


def graph(files):
    merged = rdflib.Graph()
    for file in files:
        merged.parse(file, format="turtle" if file.suffix == ".ttl" else "xml")
    return merged


asked = json.load(sys.stdin)
folder = pathlib.Path(asked["folder"])
shapes = graph(file for name in SHAPES for file in sorted((folder / "shapes").glob(name)))
vocabulary = graph(file for file in sorted((folder / "vocab").iterdir()) if file.suffix in (".ttl", ".rdf"))
told = {}
for name, text in asked["files"].items():
    data = rdflib.Graph().parse(data=text, format=FORMATS[name.rsplit(".", 1)[1]])
    statements = len(data)
    # Among the data, not as an ontology: reasoning about the lists of others takes minutes and changes nothing.
    data += vocabulary
    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes)
    told[name] = {"statements": statements, "conforms": conforms, "report": report}
print(json.dumps(told))
