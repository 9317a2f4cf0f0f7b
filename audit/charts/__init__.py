"""Where everything stands in a drawing; the templates draw it, under a policy that allows no inline style."""
