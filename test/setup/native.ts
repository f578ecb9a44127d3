/** Runs a test file on native TensorFlow, as loaded by our own package. */
import '@loopwright/tensorflow';
