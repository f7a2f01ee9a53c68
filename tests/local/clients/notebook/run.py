import nbformat
from nbclient import NotebookClient

notebook = nbformat.read("lake.ipynb", as_version=4)
NotebookClient(notebook, timeout=120).execute()
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        print(output.get("text", "").rstrip())
