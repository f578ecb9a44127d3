/**
 * Loads the native engine as it is imported. Whatever imports TensorFlow.js after this module gets the same, loaded
 * one.
 * @packageDocumentation
 */
import { loadNative } from './load-native.ts';

loadNative();
