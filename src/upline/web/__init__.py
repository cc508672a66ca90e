"""The screens: templates, forms and views; rules live in the apps below."""
