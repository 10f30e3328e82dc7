"""Whether a catalogue holds to DCAT-AP.de 3.0, by the validator and the shapes of others.

catalogue.py SHAPES FILE…: SHAPES is a folder with `shapes` and `vocab`; what a file is follows from its ending. Tells in
one line per file how many statements it has, and everything that is wrong with it, warnings too.
"""

import pathlib
import sys

import pyshacl
import rdflib

FORMATS = {".ttl": "turtle", ".rdf": "xml", ".jsonld": "json-ld"}
SHAPES = ["dcat-ap-3.0.0-SHACL.ttl", "dcat-ap-SHACL-DE.ttl", "dcat-ap-de-*.ttl", "dcat-ap-spec-german-additions.ttl"]


def graph(files):
    merged = rdflib.Graph()
    for file in files:
        merged.parse(file, format="turtle" if file.suffix == ".ttl" else "xml")
    return merged


def main(folder, *files):
    folder = pathlib.Path(folder)
    shapes = graph(file for name in SHAPES for file in sorted((folder / "shapes").glob(name)))
    vocabulary = graph(file for file in sorted((folder / "vocab").iterdir()) if file.suffix in (".ttl", ".rdf"))
    fine = True
    for file in map(pathlib.Path, files):
        data = rdflib.Graph().parse(file, format=FORMATS[file.suffix])
        statements = len(data)
        # Among the data, not as an ontology: reasoning about the lists of others takes minutes and changes nothing.
        data += vocabulary
        conforms, _, text = pyshacl.validate(data, shacl_graph=shapes)
        print(file.name, statements, "conforms" if conforms else text)
        fine = fine and conforms
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
