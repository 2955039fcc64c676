"""Pictures by their paths, and the class of each, as trainers and browsers read it.

  huggingface   {"file_name": path, "label": name}    a line each
  fiftyone      {"classes": [name, ...], "labels": {path without suffix: place}}
  edm           {"labels": [[path, place], ...]}, of StyleGAN too

A place is that of the class among the names of the data.
"""

import json
import os

from prune_dm_jax.data.exports import chosen as chosen_lib
from prune_dm_jax.data.exports import files


def huggingface(chosen, path):
  """metadata.jsonl, to stand in the folder of the pictures."""
  labels = chosen_lib.class_names(chosen, chosen.kept)
  names = files.beside(chosen, path)
  with path.open('w', encoding='utf-8') as file:
    for name, label in zip(names, labels, strict=True):
      row = {'file_name': name}
      if chosen.source.class_names:
        row['label'] = label
      file.write(json.dumps(row, ensure_ascii=False) + '\n')


def fiftyone(chosen, path):
  """The labels_path of a FiftyOneImageClassificationDataset."""
  names = files.everyone(chosen)
  stems = [os.path.splitext(name)[0] for name in names]
  first = dict(zip(reversed(stems), reversed(names), strict=True))
  for name, stem in zip(names, stems, strict=True):
    if first[stem] != name:
      raise ValueError(
        f'{first[stem]} and {name} are one picture to FiftyOne, which goes by '
        'the name without its suffix; rename one of them'
      )
  kept = [stems[i] for i in chosen.kept]
  labels = dict(zip(kept, placed(chosen), strict=True))
  said = {'classes': list(chosen.source.class_names), 'labels': labels}
  path.write_text(json.dumps(said, ensure_ascii=False), encoding='utf-8')


def edm(chosen, path):
  """dataset.json, to stand in the folder of the pictures that are kept."""
  names, labels = files.beside(chosen, path), placed(chosen)
  rows = list(map(list, zip(names, labels, strict=True)))
  if not chosen.source.class_names:
    rows = None  # It trains without classes then.
  elif None in labels:
    raise ValueError(
      f'{names[labels.index(None)]} has no class; EDM wants one of each picture, '
      'or of none'
    )
  text = json.dumps({'labels': rows}, ensure_ascii=False)
  path.write_text(text, encoding='utf-8')


def placed(chosen):
  """[M] the place of the class of each; None where there is none."""
  labels = chosen.source.labels[chosen.kept].tolist()
  return [label if label >= 0 else None for label in labels]
