"""The equations and figures of the lab handout, computing: NumPy only, no learner, no data.

The handout is "Lab Course SS2024: Data Science in Astrophysics, Session 9: Neural Networks-II"
(S. Boro Saikia, Vienna, 6 May 2024). Its 2-D images and the light curves of this package go through
the same functions: most take one axis or two. Channels come last, as in Keras.
"""
