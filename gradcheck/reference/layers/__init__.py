"""The layers of the reference networks, forward beside backward."""

from gradcheck.reference.layers.attention import MultiHeadAttention, ScaledDotProductAttention
from gradcheck.reference.layers.chain import Chain
from gradcheck.reference.layers.convolution import Conv2d
from gradcheck.reference.layers.dense import Dense, DenseColumns
from gradcheck.reference.layers.dropout import Dropout
from gradcheck.reference.layers.embedding import Embedding
from gradcheck.reference.layers.gru import GRU
from gradcheck.reference.layers.gru_reset_before import GRUResetBefore
from gradcheck.reference.layers.layer import Layer
from gradcheck.reference.layers.lstm import LSTM
from gradcheck.reference.layers.normalization import BatchNorm, LayerNorm, RunningStatistics
from gradcheck.reference.layers.pooling import AveragePool2d, MaxPool2d
from gradcheck.reference.layers.recurrent import RNN
from gradcheck.reference.layers.reshaping import Activate, Flatten, Transposed
from gradcheck.reference.layers.residual import Residual

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Activate",
    "AveragePool2d",
    "BatchNorm",
    "Chain",
    "Conv2d",
    "Dense",
    "DenseColumns",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUResetBefore",
    "Layer",
    "LayerNorm",
    "MaxPool2d",
    "MultiHeadAttention",
    "Residual",
    "RunningStatistics",
    "ScaledDotProductAttention",
    "Transposed",
]
