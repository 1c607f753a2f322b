"""What runs QTwin: the development runner and, later, images and manifests."""
